-- Answers go to a number: the sender that is a service's inbound number.

alter table service_sms_senders
  add inbound_number_id uuid;

-- Held against every write from now on; nothing is there yet.
alter table service_sms_senders
  add constraint service_sms_senders_inbound_number foreign key (inbound_number_id)
    references inbound_numbers (id) not valid;

-- squawk-ignore require-concurrent-index-creation -- a few rows a service
create unique index service_sms_senders_inbound_number on service_sms_senders (inbound_number_id)
  where inbound_number_id is not null;
