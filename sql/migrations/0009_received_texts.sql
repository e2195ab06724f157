-- Texts that people send to services.

-- The numbers that can be sent to; each is one service's, or free.
create table inbound_numbers (
  id uuid primary key default gen_random_uuid(),
  number text not null unique check (length(number) between 1 and 11),
  provider text not null,
  service_id uuid unique references services (id),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table inbound_sms (
  id uuid primary key,
  service_id uuid not null references services (id),
  -- The service's number.
  notify_number text not null,
  -- The sender's.
  user_number text not null,
  -- When the provider says it came, and the provider's name for it.
  provider_date timestamptz,
  provider_reference text,
  provider text not null,
  -- Encrypted.
  content text not null,
  created_at timestamptz not null
);

-- Newest first, ties by id, so that a page begins exactly where the last one ended.
create index inbound_sms_of_service on inbound_sms (service_id, created_at, id);
