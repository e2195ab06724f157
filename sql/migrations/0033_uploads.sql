-- Letters that people uploaded as PDFs and have not sent yet.
create table letter_uploads (
  -- The letter's, once it is sent. Its file is kept as the letter's own (`shared/letter/files.ts`) from the beginning.
  id uuid primary key,
  service_id uuid not null references services (id),
  file_name text not null check (length(file_name) <= 255),
  created_at timestamptz not null
);

create index letter_uploads_of_service on letter_uploads (service_id);
-- For the removal of those that were never sent.
create index letter_uploads_by_age on letter_uploads (created_at);

-- Names that no service may choose for its texts to come from: those of banks, couriers, public bodies.
create table protected_sender_ids (
  -- Without what only looks different (`shared/service/protected-senders.ts`).
  normalised text primary key,
  -- As an operator wrote it.
  name text not null
);

-- A day that the rules take for a holiday though it was moved to another; letters are printed and carried on it.
alter table bank_holidays add column working_day boolean not null default false;

-- As before, and of a letter that was uploaded too: its status says that it is looked at first.
create or replace function send_one_off(request json, stored json, queued json, letters json, sender uuid,
  moment timestamptz)
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
    created_at, created_by_id, status)
  select r.id, r.service_id, r.template_id, r.template_version, r.key_type, r.notification_type, r.recipient,
    r.normalised_to, r.client_reference, r.personalisation, r.reply_to_text, r.international, r.phone_prefix,
    r.rate_multiplier, r.created_at, sender, coalesce(r.status, 'created')
  from json_to_recordset(stored) as r (id uuid, service_id uuid, template_id uuid, template_version integer,
    key_type text, notification_type text, recipient text, normalised_to text, client_reference text,
    personalisation text, reply_to_text text, international boolean, phone_prefix text, rate_multiplier numeric,
    created_at timestamptz, status text);
  perform enqueue_jobs(queued, array[0]);
  if letters is not null then
    perform store_letters(letters, null, array[0]);
  end if;
  return null;
end
$$;
