-- Messages that a person sends by themselves, not by a key nor from a spreadsheet.

-- Null: nobody. No foreign key: a message stays though its sender goes, and those of keys should pay nothing for it.
alter table notifications add column created_by_id uuid;
alter table notification_history add column created_by_id uuid;

-- Stores one message with its job and letter, once its service may send it: answers null then, else `daily` or
-- `international`. `request`: {service_id, kind, daily_limit, international_limit, international}. `stored`, `queued` and
-- `letters` are lists of one, as in `admit_requests`, whose n is 0. No rate is looked at: operators' programs have none.
create function send_one_off(request json, stored json, queued json, letters json, sender uuid, moment timestamptz)
returns text language plpgsql as $$
declare
  asked record;
  counter service_counters;
begin
  select * into asked from json_to_record(request) as r (service_id uuid, kind text, daily_limit bigint,
    international_limit bigint, international boolean);
  counter := lock_counter(asked.service_id, moment);
  if counted_so_far(counter, asked.kind) >= asked.daily_limit then
    return 'daily';
  end if;
  if asked.international and counter.international_sms >= asked.international_limit then
    return 'international';
  end if;
  perform count_messages(counter, asked.kind, 1, asked.international::integer);

  insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, recipient,
    normalised_to, client_reference, personalisation, reply_to_text, international, phone_prefix, rate_multiplier,
    created_at, created_by_id)
  select r.id, r.service_id, r.template_id, r.template_version, r.key_type, r.notification_type, r.recipient,
    r.normalised_to, r.client_reference, r.personalisation, r.reply_to_text, r.international, r.phone_prefix,
    r.rate_multiplier, r.created_at, sender
  from json_to_recordset(stored) as r (id uuid, service_id uuid, template_id uuid, template_version integer,
    key_type text, notification_type text, recipient text, normalised_to text, client_reference text,
    personalisation text, reply_to_text text, international boolean, phone_prefix text, rate_multiplier numeric,
    created_at timestamptz);
  perform enqueue_jobs(queued, array[0]);
  if letters is not null then
    perform store_letters(letters, null, array[0]);
  end if;
  return null;
end
$$;
