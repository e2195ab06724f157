-- How long what was sent is kept, and what remains of it.

-- Days by service and type; seven where there is no row.
create table service_data_retention (
  id uuid primary key,
  service_id uuid not null references services (id),
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  days_of_retention integer not null check (days_of_retention between 3 and 90),
  created_at timestamptz not null,
  updated_at timestamptz,
  unique (service_id, notification_type)
);

-- A receipt or a complaint may come after the notification has moved here.
-- squawk-ignore require-concurrent-index-creation -- nothing has been moved yet
create index notification_history_by_reference on notification_history (reference) where reference is not null;

-- What remains of a text that somebody sent: neither who wrote nor what.
create table inbound_sms_history (
  id uuid primary key,
  service_id uuid not null,
  -- The service's number.
  notify_number text not null,
  provider_date timestamptz,
  provider_reference text,
  provider text not null,
  created_at timestamptz not null
);

create index inbound_sms_history_of_service on inbound_sms_history (service_id, created_at);

-- What remains of a request to get no more emails: not whose it was.
create table unsubscribe_requests_history (
  id uuid primary key,
  notification_id uuid not null unique,
  service_id uuid not null,
  template_id uuid not null,
  template_version integer not null,
  created_at timestamptz not null
);

create index unsubscribe_requests_history_of_service on unsubscribe_requests_history (service_id, created_at);

-- For their deletion: oldest first, of all services.
-- squawk-ignore require-concurrent-index-creation -- a row a request, which are few
create index unsubscribe_requests_by_age on unsubscribe_requests (created_at);
