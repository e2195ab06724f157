-- Templates in folders, and what they hide of their messages.

-- A template here hides what it was filled in with from whoever looks at its messages, from then on for ever.
create table template_redacted (
  template_id uuid primary key references templates (id),
  updated_by_id uuid not null references users (id),
  created_at timestamptz not null
);

create table template_folder (
  id uuid primary key,
  service_id uuid not null references services (id),
  name text not null check (length(name) between 1 and 255),
  -- Null at the top.
  parent_id uuid check (parent_id <> id),
  created_at timestamptz not null,
  updated_at timestamptz,
  unique (id, service_id),
  foreign key (parent_id, service_id) references template_folder (id, service_id)
);

create index template_folder_service on template_folder (service_id);

-- A template is in one folder at most; one that is in none is at the top.
create table template_folder_map (
  template_id uuid primary key references templates (id),
  service_id uuid not null,
  template_folder_id uuid not null,
  foreign key (template_folder_id, service_id) references template_folder (id, service_id)
);

create index template_folder_map_folder on template_folder_map (template_folder_id, service_id);
