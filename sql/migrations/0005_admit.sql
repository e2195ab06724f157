-- Takes a group of send requests through their services' limits and stores what passes, with its jobs.
--
-- `requests`: [{n, service_id, key, rate_limit, kind, daily_limit, international_limit, stored, international}] in
-- order of arrival; `key` is 1 normal, 2 team, 3 test. `rows` and `jobs` carry the n of the request they belong to.
-- Answers the refused ones: `rate`, `daily` or `international` (`spec/public-api.md` 4 and 15). One row lock a
-- service, taken in the order of their ids, so that two groups never wait for each other.
create function admit_requests(requests json, rows json, jobs json, moment timestamptz)
returns table (n integer, refusal text) language plpgsql as $$
declare
  today date := (moment at time zone 'UTC')::date;
  request record;
  counter service_counters;
  capacity integer;
  refill integer;
  so_far bigint;
  admitted integer[] := '{}';
begin
  for request in
    select * from json_to_recordset(requests) as r (n integer, service_id uuid, key integer, rate_limit integer,
      kind text, daily_limit bigint, international_limit bigint, stored boolean, international boolean)
    order by r.service_id, r.n
  loop
    if counter.service_id is distinct from request.service_id then
      if counter.service_id is not null then
        perform save_counter(counter);
      end if;
      select * into counter from service_counters c where c.service_id = request.service_id for update;
      if not found then
        insert into service_counters (service_id, tokens, filled_at, utc_date)
        values (request.service_id, array[1000, 1000, 1000], array['epoch', 'epoch', 'epoch']::timestamptz[], today)
        on conflict do nothing;
        select * into counter from service_counters c where c.service_id = request.service_id for update;
      end if;
      if counter.utc_date < today then
        counter.utc_date := today;
        counter.sms := 0;
        counter.email := 0;
        counter.letter := 0;
        counter.international_sms := 0;
      end if;
    end if;

    capacity := least(ceil(request.rate_limit / 3.0)::integer + 1, 1000);
    if moment > counter.filled_at[request.key] then
      -- More than fills it is no more use, and may be no integer.
      refill := least(capacity,
        floor(extract(epoch from moment - counter.filled_at[request.key]) * request.rate_limit / 60.0))::integer;
      if refill > 0 then
        if counter.tokens[request.key] + refill >= capacity then
          counter.filled_at[request.key] := moment;
        else
          -- Only the time that made whole tokens is used up.
          counter.filled_at[request.key] :=
            counter.filled_at[request.key] + refill * 60.0 / request.rate_limit * interval '1s';
        end if;
        counter.tokens[request.key] := counter.tokens[request.key] + refill;
      end if;
    end if;
    counter.tokens[request.key] := greatest(0, least(counter.tokens[request.key], capacity) - 1);
    if counter.tokens[request.key] < 1 then
      n := request.n;
      refusal := 'rate';
      return next;
      continue;
    end if;

    so_far := case
      when request.key = 3 then 0
      when request.kind = 'sms' then counter.sms
      when request.kind = 'email' then counter.email
      else counter.letter
    end;
    if so_far >= request.daily_limit then
      n := request.n;
      refusal := 'daily';
      return next;
      continue;
    end if;
    continue when not request.stored;

    if request.international then
      if (case when request.key = 3 then 0 else counter.international_sms end) >= request.international_limit then
        n := request.n;
        refusal := 'international';
        return next;
        continue;
      end if;
      if request.key <> 3 then
        counter.international_sms := counter.international_sms + 1;
      end if;
    end if;
    if request.key = 3 then
      null;
    elsif request.kind = 'sms' then
      counter.sms := counter.sms + 1;
    elsif request.kind = 'email' then
      counter.email := counter.email + 1;
    else
      counter.letter := counter.letter + 1;
    end if;
    admitted := admitted || request.n;
  end loop;
  if counter.service_id is not null then
    perform save_counter(counter);
  end if;

  if cardinality(admitted) > 0 then
    insert into notifications (id, service_id, template_id, template_version, api_key_id, key_type,
      notification_type, recipient, normalised_to, client_reference, personalisation, reply_to_text,
      unsubscribe_link, international, phone_prefix, rate_multiplier, created_at)
    select r.id, r.service_id, r.template_id, r.template_version, r.api_key_id, r.key_type, r.notification_type,
      r.recipient, r.normalised_to, r.client_reference, r.personalisation, r.reply_to_text, r.unsubscribe_link,
      r.international, r.phone_prefix, r.rate_multiplier, r.created_at
    from json_to_recordset(rows) as r (n integer, id uuid, service_id uuid, template_id uuid,
      template_version integer, api_key_id uuid, key_type text, notification_type text, recipient text,
      normalised_to text, client_reference text, personalisation text, reply_to_text text, unsubscribe_link text,
      international boolean, phone_prefix text, rate_multiplier numeric, created_at timestamptz)
    where r.n = any (admitted);
    perform enqueue_jobs(jobs, admitted);
  end if;
end
$$;

create function save_counter(counter service_counters) returns void language sql as $$
  update service_counters set tokens = counter.tokens, filled_at = counter.filled_at, utc_date = counter.utc_date,
    sms = counter.sms, email = counter.email, letter = counter.letter, international_sms = counter.international_sms
  where service_id = counter.service_id;
$$;
