-- People who do not want a service's emails any more.
--
-- No foreign keys, as in notifications: a request outlives the email it is about.
create table unsubscribe_requests (
  id uuid primary key default gen_random_uuid(),
  -- Asked twice is asked once.
  notification_id uuid not null unique,
  service_id uuid not null,
  template_id uuid not null,
  template_version integer not null,
  email_address text not null,
  created_at timestamptz not null
);

create index unsubscribe_requests_of_service on unsubscribe_requests (service_id, created_at);
