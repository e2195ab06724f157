create table templates (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  name text not null check (length(name) between 1 and 255),
  template_type text not null check (template_type in ('sms', 'email', 'letter')),
  content text not null,
  subject text,
  archived boolean not null default false,
  hidden boolean not null default false,
  postage text check (postage in ('first', 'second', 'economy')),
  has_unsubscribe_link boolean not null default false,
  version integer not null default 1 check (version >= 1),
  created_by_id uuid references users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  check ((subject is null) = (template_type = 'sms')),
  check (not has_unsubscribe_link or template_type = 'email')
);

create index templates_service on templates (service_id);

-- Every version of every template: a notification is always rendered from its own.
create table templates_history (
  id uuid not null,
  version integer not null,
  service_id uuid not null references services (id),
  name text not null,
  template_type text not null,
  content text not null,
  subject text,
  archived boolean not null,
  hidden boolean not null,
  postage text,
  has_unsubscribe_link boolean not null,
  created_by_id uuid references users (id),
  created_at timestamptz not null,
  updated_at timestamptz,
  primary key (id, version)
);

-- A trigger rather than every writer's care: no version may go unrecorded.
create function record_template_version() returns trigger language plpgsql as $$
begin
  insert into templates_history (id, version, service_id, name, template_type, content, subject, archived, hidden,
    postage, has_unsubscribe_link, created_by_id, created_at, updated_at)
  values (new.id, new.version, new.service_id, new.name, new.template_type, new.content, new.subject, new.archived,
    new.hidden, new.postage, new.has_unsubscribe_link, new.created_by_id, new.created_at, new.updated_at);
  return null;
end
$$;

create trigger templates_created after insert on templates
  for each row execute function record_template_version();
create trigger templates_changed after update on templates
  for each row when (old.version is distinct from new.version) execute function record_template_version();
