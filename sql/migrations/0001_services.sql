-- The bodies that send, their people, and what each may do.
create table services (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 255),
  -- What two services may not share, so that nobody sends in a name like another's.
  normalised_name text not null unique,
  -- What stands before the address in an email's From; the service's name where null.
  email_sender_name text check (length(email_sender_name) <= 255),
  email_sender_local_part text not null check (length(email_sender_local_part) between 1 and 255),
  active boolean not null default true,
  -- In trial mode: only its own people can be sent to.
  restricted boolean not null default true,
  prefix_sms boolean not null default false,
  rate_limit integer not null default 3000 check (rate_limit >= 0),
  email_message_limit bigint not null default 999999999 check (email_message_limit >= 0),
  sms_message_limit bigint not null default 999999999 check (sms_message_limit >= 0),
  letter_message_limit bigint not null default 999999999 check (letter_message_limit >= 0),
  international_sms_message_limit bigint not null default 250000 check (international_sms_message_limit >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table service_permissions (
  service_id uuid not null references services (id),
  permission text not null check (permission in (
    'email', 'sms', 'letter', 'international_sms', 'inbound_sms', 'email_auth', 'edit_folder_permissions',
    'international_letters', 'sms_to_uk_landlines')),
  primary key (service_id, permission)
);

create table users (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  email_address text not null check (length(email_address) <= 255),
  mobile_number text,
  state text not null default 'pending' check (state in ('pending', 'active', 'inactive')),
  platform_admin boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create unique index users_email_address on users (lower(email_address));

create table user_to_service (
  user_id uuid not null references users (id),
  service_id uuid not null references services (id),
  primary key (user_id, service_id)
);

create index user_to_service_service on user_to_service (service_id);

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  name text not null check (length(name) between 1 and 255),
  -- Encrypted, and recoverable: it verifies the tokens that clients sign.
  secret text not null,
  key_type text not null check (key_type in ('normal', 'team', 'test')),
  -- Set: revoked.
  expiry_date timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create index api_keys_service on api_keys (service_id);
create unique index api_keys_name on api_keys (service_id, name) where expiry_date is null;

create table service_sms_senders (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  sms_sender text not null check (length(sms_sender) between 1 and 11),
  is_default boolean not null default true,
  archived boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  check (not (is_default and archived))
);

create index service_sms_senders_service on service_sms_senders (service_id);
create unique index service_sms_senders_default on service_sms_senders (service_id) where is_default;

create table service_email_reply_to (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  email_address text not null check (length(email_address) <= 320),
  is_default boolean not null default true,
  archived boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  check (not (is_default and archived))
);

create index service_email_reply_to_service on service_email_reply_to (service_id);
create unique index service_email_reply_to_default on service_email_reply_to (service_id) where is_default;

-- Beside the team, whom a service in trial mode or a team key may send to; as it was typed.
create table service_guest_list (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  recipient_type text not null check (recipient_type in ('mobile', 'email')),
  recipient text not null check (length(recipient) <= 255),
  created_at timestamptz not null default now()
);

create index service_guest_list_service on service_guest_list (service_id);

-- Where a service wants to be told what became of its messages.
create table service_callback_api (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  callback_type text not null check (callback_type in (
    'delivery_status', 'complaint', 'returned_letter', 'inbound_sms')),
  url text not null,
  -- Encrypted.
  bearer_token text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  unique (service_id, callback_type)
);
