-- What services keep of themselves beyond sending, and every version of them and of their keys
-- (`spec/data-model.md` 3.1, 4).

alter table services
  add version integer not null default 1,
  -- A person of the program that asked; null where an operator made it.
  add created_by_id uuid,
  add confirmed_email_sender_name boolean not null default false,
  -- What its free texts are counted by.
  add organisation_type text,
  add crown boolean,
  add go_live_user_id uuid,
  add has_active_go_live_request boolean not null default false,
  add volume_sms integer,
  add volume_email integer,
  add volume_letter integer,
  add notes text,
  add purchase_order_number text,
  add billing_contact_names text,
  add billing_contact_email_addresses text,
  add billing_reference text,
  add consent_to_research boolean,
  add confirmed_unique boolean not null default false,
  add constraint services_organisation_type check (organisation_type in (
    'central', 'local', 'nhs_central', 'nhs_local', 'nhs_gp', 'nhs_notify', 'emergency_service',
    'school_or_college', 'other')) not valid;

alter table api_keys
  add version integer not null default 1,
  add created_by_id uuid;

-- Each version as the row then was, columns that came later included.
create table services_history (
  id uuid not null,
  version integer not null,
  service jsonb not null,
  primary key (id, version)
);

-- Without the secret: a copy would outlive the key that encrypted it.
create table api_keys_history (
  id uuid not null,
  version integer not null,
  service_id uuid not null,
  api_key jsonb not null,
  primary key (id, version)
);

create index api_keys_history_of_service on api_keys_history (service_id);

insert into services_history (id, version, service) select id, version, to_jsonb(services) from services;
insert into api_keys_history (id, version, service_id, api_key)
select id, version, service_id, to_jsonb(api_keys) - 'secret' from api_keys;

-- Triggers rather than every writer's care: no version may go unrecorded. Times within are UTC whoever writes.
create function count_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  if new.updated_at is not distinct from old.updated_at then
    new.updated_at := now();
  end if;
  return new;
end
$$;

create function record_service_version() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
  insert into services_history (id, version, service) values (new.id, new.version, to_jsonb(new));
  return null;
end
$$;

create function record_api_key_version() returns trigger language plpgsql set timezone = 'UTC' as $$
begin
  insert into api_keys_history (id, version, service_id, api_key)
  values (new.id, new.version, new.service_id, to_jsonb(new) - 'secret');
  return null;
end
$$;

create trigger services_counted before update on services
  for each row execute function count_version();
create trigger services_recorded after insert or update on services
  for each row execute function record_service_version();
-- A secret that is encrypted anew is the same key still.
create trigger api_keys_counted before update on api_keys
  for each row when (old.secret = new.secret) execute function count_version();
create trigger api_keys_created after insert on api_keys
  for each row execute function record_api_key_version();
create trigger api_keys_changed after update on api_keys
  for each row when (old.version is distinct from new.version) execute function record_api_key_version();

-- How a person signs in, for the program that asks them to.
alter table users
  add auth_type text not null default 'sms_auth',
  add constraint users_auth_type check (auth_type in ('sms_auth', 'email_auth', 'webauthn_auth')) not valid;

-- What operators' programs note that people did.
create table events (
  id uuid primary key default gen_random_uuid(),
  event_type text not null check (length(event_type) <= 255),
  data json not null,
  created_at timestamptz not null
);

create index events_by_age on events (created_at);

-- squawk-ignore require-concurrent-index-creation -- a row a complaint, which are few
create index complaints_by_age on complaints (created_at, id);

-- Notify's paths name providers by an id.
-- squawk-ignore adding-field-with-default -- five rows
alter table provider_details add id uuid not null default gen_random_uuid();
-- squawk-ignore require-concurrent-index-creation -- five rows
create unique index provider_details_id on provider_details (id);
