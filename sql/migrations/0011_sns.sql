-- Texts by AWS SNS. Carries only where this copy has its credentials.
insert into provider_details (identifier, display_name, notification_type, priority, supports_international)
values ('sns', 'AWS SNS', 'sms', 50, true);

-- How far a log that others write was read, for receipts that nobody brings.
create table receipt_positions (
  source text primary key,
  -- What happened earlier has been read, and had time to arrive late.
  read_from timestamptz not null
);
