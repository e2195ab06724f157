-- Letters, and the files of those that services made themselves, are accepted in the one statement of all messages.

-- Each service's template of the letters it makes itself: nothing of it is rendered.
-- squawk-ignore require-concurrent-index-creation -- a few rows a service
create unique index templates_precompiled on templates (service_id)
  where hidden and template_type = 'letter' and name = 'Pre-compiled PDF';

-- Stores the letters of the notifications that were admitted, as `admit_requests` takes them.
create function store_letters(given json, contents bytea, admitted integer[]) returns void language plpgsql as $$
begin
  insert into letters (notification_id, service_id, reference, precompiled, postage, created_at)
  select l.notification_id, l.service_id, l.reference, l.precompiled, l.postage, l.created_at
  from json_to_recordset(given) as l (n integer, notification_id uuid, service_id uuid, reference text,
    precompiled boolean, postage text, created_at timestamptz)
  where l.n = any (admitted);

  if contents is not null then
    insert into files (key, content)
    select l.file_key, substr(contents, l.file_start, l.file_bytes)
    from json_to_recordset(given) as l (n integer, file_key text, file_start integer, file_bytes integer)
    where l.n = any (admitted) and l.file_key is not null;
  end if;
end
$$;

drop function admit_requests(json, json, json, timestamptz, json);

-- Takes a group of send requests through their services' limits and stores what passes, with its jobs.
--
-- `requests`: [{n, service_id, key, rate_limit, kind, daily_limit, international_limit, stored, international,
-- tokens?, idem_key?, idem_fingerprint?, idem_response?}] in order of arrival, n being 0, 1, 2 …; `key` is 1 normal,
-- 2 team, 3 test. Two `tokens` are taken one after the other, the second once the daily limit does not stand against the
-- first. `rows` and `jobs` carry the n of the request they belong to. So does `documents`, [{n, id, expires_at}], files
-- that are kept that long once their email is stored; and `letters`, [{n, notification_id, service_id, reference,
-- precompiled, postage, created_at, file_key?, file_start?, file_bytes?}], whose file stands in `contents`, the first byte
-- being 1, and is stored too.
-- Answers the refused ones: `rate`, `daily` or `international` (`spec/public-api.md` 4 and 15). One row lock a
-- service, taken in the order of their ids, so that two groups never wait for each other.
--
-- `idem_key` is what came as an `Idempotency-Key`. Where it is known it is answered as `replay` with the response it got,
-- or as `other` where the fingerprint (hex) is another; both count against the rate and nothing else. Where it is not, it
-- is kept with `idem_response`, if there is one, once no limit stands against it. The service's lock makes two processes
-- take turns, so that of two requests with one key the second finds the first's.
create function admit_requests(requests json, rows json, jobs json, moment timestamptz, documents json default null,
  letters json default null, contents bytea default null)
returns table (n integer, refusal text, response text) language plpgsql as $$
declare
  today date := (moment at time zone 'UTC')::date;
  request record;
  counter service_counters;
  known record;
  capacity integer;
  refill integer;
  so_far bigint;
  admitted integer[] := '{}';
  -- The requests whose keys are to be kept, all and, by name, those of the service at hand.
  kept integer[] := '{}';
  names text[];
  name text;
  place integer;
begin
  for request in
    select * from json_to_recordset(requests) as r (n integer, service_id uuid, key integer, rate_limit integer,
      kind text, daily_limit bigint, international_limit bigint, stored boolean, international boolean,
      tokens integer, idem_key text, idem_fingerprint text, idem_response text)
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
      names := '{}';
    end if;
    n := request.n;
    response := null;

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
      refusal := 'rate';
      return next;
      continue;
    end if;

    if request.idem_key is not null then
      name := request.key || request.idem_key;
      place := array_position(names, name);
      if place is not null then
        place := kept[cardinality(kept) - cardinality(names) + place];
        select r.idem_fingerprint as fingerprint, r.idem_response as response into known
        from json_to_record(requests->place) as r (idem_fingerprint text, idem_response text);
      else
        -- After the lock, and by a statement of its own: it sees what the last holder of the lock kept.
        select encode(k.fingerprint, 'hex') as fingerprint, k.response into known
        from recall_key(request.service_id, key_type_of(request.key), request.idem_key, moment) k;
      end if;
      if found then
        if known.fingerprint = request.idem_fingerprint then
          refusal := 'replay';
          response := known.response;
        else
          refusal := 'other';
        end if;
        return next;
        continue;
      end if;
    end if;

    so_far := case
      when request.key = 3 then 0
      when request.kind = 'sms' then counter.sms
      when request.kind = 'email' then counter.email
      else counter.letter
    end;
    if so_far >= request.daily_limit then
      refusal := 'daily';
      return next;
      continue;
    end if;

    if request.tokens = 2 then
      counter.tokens[request.key] := counter.tokens[request.key] - 1;
      if counter.tokens[request.key] < 1 then
        refusal := 'rate';
        return next;
        continue;
      end if;
    end if;

    if request.international
      and (case when request.key = 3 then 0 else counter.international_sms end) >= request.international_limit
    then
      refusal := 'international';
      return next;
      continue;
    end if;

    if request.stored then
      if request.international and request.key <> 3 then
        counter.international_sms := counter.international_sms + 1;
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
    end if;

    if request.idem_response is not null then
      names := names || name;
      kept := kept || request.n;
    end if;
  end loop;
  if counter.service_id is not null then
    perform save_counter(counter);
  end if;

  if cardinality(admitted) > 0 then
    insert into notifications (id, service_id, template_id, template_version, api_key_id, key_type,
      notification_type, recipient, normalised_to, client_reference, personalisation, reply_to_text,
      unsubscribe_link, international, phone_prefix, rate_multiplier, created_at, status)
    select r.id, r.service_id, r.template_id, r.template_version, r.api_key_id, r.key_type, r.notification_type,
      r.recipient, r.normalised_to, r.client_reference, r.personalisation, r.reply_to_text, r.unsubscribe_link,
      r.international, r.phone_prefix, r.rate_multiplier, r.created_at, coalesce(r.status, 'created')
    from json_to_recordset(rows) as r (n integer, id uuid, service_id uuid, template_id uuid,
      template_version integer, api_key_id uuid, key_type text, notification_type text, recipient text,
      normalised_to text, client_reference text, personalisation text, reply_to_text text, unsubscribe_link text,
      international boolean, phone_prefix text, rate_multiplier numeric, created_at timestamptz,
      status text)
    where r.n = any (admitted);
    perform enqueue_jobs(jobs, admitted);
    if documents is not null then
      update documents d set expires_at = k.expires_at
      from json_to_recordset(documents) as k (n integer, id uuid, expires_at timestamptz)
      where d.id = k.id and k.n = any (admitted);
    end if;
    if letters is not null then
      perform store_letters(letters, contents, admitted);
    end if;
  end if;

  if cardinality(kept) > 0 then
    -- One that is there is a day old, or it would have been found.
    insert into idempotency_keys as k (service_id, key_type, key, created_at, fingerprint, response)
    select r.service_id, key_type_of(r.key), r.idem_key, moment, decode(r.idem_fingerprint, 'hex'), r.idem_response
    from json_to_recordset(requests) as r (n integer, service_id uuid, key integer, idem_key text,
      idem_fingerprint text, idem_response text)
    where r.n = any (kept)
    on conflict (service_id, key_type, key) do update
      set created_at = excluded.created_at, fingerprint = excluded.fingerprint, response = excluded.response
      where k.created_at <= excluded.created_at - interval '24 hours';
  end if;
end
$$;
