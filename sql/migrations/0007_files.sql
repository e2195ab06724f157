-- Contents of files, where they are kept in Postgres. Encrypted by whoever stores them, so nothing to compress.
create table files (
  key text primary key,
  content bytea not null,
  created_at timestamptz not null default now()
);

alter table files alter column content set storage external;

-- Files sent by email: what a download link leads to. Content is kept in `files` or S3, encrypted with the link's key.
create table documents (
  id uuid primary key,
  service_id uuid not null references services (id),
  -- Null: named after its type.
  filename text check (length(filename) <= 100),
  mime_type text not null,
  -- Bytes, before encryption.
  size integer not null check (size > 0),
  -- SHA-256 of the key in the link.
  key_hash bytea not null,
  -- HMAC-SHA256, by that key, of the address that must be typed before the file is shown; null where none must.
  email_hash bytea,
  -- Wrong addresses of late; after too many, none is looked at until the last is an hour old.
  confirmation_failures integer not null default 0,
  last_failure_at timestamptz,
  -- A day after the upload until the email that holds the link is stored.
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);

create index documents_expires_at on documents (expires_at);

-- Where people turn to when a file's link no longer works; without one a service cannot send files.
alter table services add contact_link text check (length(contact_link) <= 255);
