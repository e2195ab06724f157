-- What a letter has beyond its notification. It outlives it: the printer's word may come later, and it says nothing
-- about anybody. PDFs are kept as files (`shared/letter/files.ts`).
create table letters (
  notification_id uuid primary key,
  service_id uuid not null,
  -- What the printer knows it by.
  reference text collate "C" not null unique check (reference ~ '^[0-9A-Z]{16}$'),
  precompiled boolean not null default false,
  -- A foreign address found in a precompiled letter changes it.
  postage text not null check (postage in ('first', 'second', 'economy', 'europe', 'rest-of-world')),
  created_at timestamptz not null,
  -- Of the PDF that is to be printed, or was refused; null until there is one. Bytes before encryption.
  pages integer,
  bytes integer,
  -- SHA-256 of it, before encryption.
  sha256 bytea,
  -- When it was made.
  made_at timestamptz,
  -- Why it cannot be printed (`spec/letters.md` 2.4), and on which pages.
  refusal text,
  refused_pages integer[],
  -- Lines read from a precompiled letter, encrypted.
  address text,
  -- The printer's word: when it went, and how it was sorted.
  despatched_on date,
  cost_threshold text check (cost_threshold in ('sorted', 'unsorted')),
  -- When it was noticed that nothing more is expected: what has none is looked through by print runs and checks,
  -- which go by the notification's status.
  settled_at timestamptz
);

create index letters_unsettled on letters (created_at) where settled_at is null;
-- In the order in which a print run takes them, so that it reads each once.
create index letters_to_print on letters (postage, service_id, created_at, notification_id) where settled_at is null;
create index letters_of_service on letters (service_id, created_at);

-- Services whose letters are not printed for the time being.
create table letter_holds (
  service_id uuid primary key references services (id),
  reason text not null,
  held_at timestamptz not null
);

-- One evening's printing; the date is the London day whose 17:30 ended it.
create table print_runs (
  id uuid primary key,
  print_date date not null,
  -- Letters made before it are printed.
  deadline timestamptz not null,
  -- The one of the schedule, or one that somebody asked for.
  kind text not null check (kind in ('scheduled', 'manual')),
  reason text,
  status text not null default 'planning' check (status in ('planning', 'planned', 'abandoned')),
  created_at timestamptz not null,
  planned_at timestamptz,
  -- What there was to be printed when its planning began: [{postage, letters, sheets}]; and who of the printer's people
  -- has been told.
  volumes jsonb,
  volumes_told text[] not null default '{}'
);

create unique index print_runs_scheduled on print_runs (print_date) where kind = 'scheduled';

-- One zip. Planned whole before anything is sent.
create table letter_batches (
  id uuid primary key,
  run_id uuid not null references print_runs (id),
  -- As the printer gets it; never changes, and is never given twice.
  name text not null unique,
  number integer not null,
  postage text not null,
  service_id uuid not null,
  letters integer not null check (letters > 0),
  -- Of its PDFs together.
  bytes bigint not null,
  -- uploading: somebody sends it under a temporary name. placing: all of it is there and may have its own name.
  state text not null default 'planned'
    check (state in ('planned', 'uploading', 'placing', 'uploaded', 'acknowledged', 'abandoned')),
  -- While a worker sends it, nobody else may.
  claimed_until timestamptz,
  -- The temporary name it is written under: a new one each time, so that a worker which was thought dead writes
  -- nothing into what another sends. Null where it goes straight under its own.
  temporary_name text,
  -- Of the zip that was sent.
  zip_bytes bigint,
  fault text,
  created_at timestamptz not null,
  uploaded_at timestamptz,
  acknowledged_at timestamptz,
  abandoned_at timestamptz
);

create index letter_batches_run on letter_batches (run_id);
create index letter_batches_open on letter_batches (created_at) where state in ('planned', 'uploading', 'placing', 'uploaded');

create table letter_batch_members (
  batch_id uuid not null references letter_batches (id),
  -- Its place in the zip.
  position integer not null,
  notification_id uuid not null,
  -- In the zip: NOTIFY.<reference>.D.<postage>.C.<when made>.PDF
  file_name text not null,
  bytes integer not null,
  sha256 bytea not null,
  -- False once it was dropped, or its batch abandoned: it may then be in another.
  live boolean not null default true,
  dropped text,
  primary key (batch_id, position)
);

-- A letter is in one live batch at most.
create unique index letter_batch_members_live on letter_batch_members (notification_id) where live;
create index letter_batch_members_notification on letter_batch_members (notification_id);

-- Files the printer wrote, each taken in once; contents are kept as files, so that one can be read again.
create table dvla_files (
  id uuid primary key,
  name text not null,
  size bigint not null,
  sha256 bytea not null,
  kind text not null check (kind in ('acknowledgement', 'response', 'other')),
  found_at timestamptz not null,
  -- Null while it waits; how it went in words and numbers.
  processed_at timestamptz,
  outcome jsonb,
  unique (name, sha256)
);

-- What was seen of files that may still be growing, by name: a file is taken in once it stays the same.
create table dvla_files_seen (
  name text primary key,
  size bigint not null,
  modified_at timestamptz not null,
  seen_at timestamptz not null,
  taken boolean not null default false
);

-- How much of a file's letters was sorted, by the day it bills; a file that is read again replaces its own.
create table daily_sorted_letters (
  billing_day date not null,
  file_name text not null,
  sorted_count integer not null,
  unsorted_count integer not null,
  updated_at timestamptz not null,
  primary key (file_name, billing_day)
);

create table returned_letters (
  notification_id uuid primary key,
  service_id uuid not null,
  reported_at date not null,
  created_at timestamptz not null default now()
);

create index returned_letters_service on returned_letters (service_id, reported_at);

-- What we sign in with at a provider, where it must be changed from time to time. Encrypted.
create table provider_credentials (
  provider text not null,
  name text not null,
  value text not null,
  changed_at timestamptz not null,
  primary key (provider, name)
);

-- Who changes a provider's credentials holds this for a minute; nobody else does meanwhile.
create table provider_credential_locks (
  provider text primary key,
  held_until timestamptz not null
);

-- What remains of a notification after its service's time: nobody's address, nothing of what it said.
create table notification_history (
  id uuid primary key,
  service_id uuid not null,
  template_id uuid not null,
  template_version integer not null,
  api_key_id uuid,
  job_id uuid,
  job_row_number integer,
  key_type text not null check (key_type in ('normal', 'team')),
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  status text not null,
  client_reference text,
  reference text,
  international boolean not null default false,
  phone_prefix text,
  rate_multiplier numeric,
  billable_units integer not null default 0,
  created_at timestamptz not null,
  sent_at timestamptz,
  sent_by text,
  updated_at timestamptz
);

create index notification_history_by_age on notification_history (created_at);
create index notification_history_of_service on notification_history (service_id, created_at);

insert into provider_details (identifier, display_name, notification_type, priority, supports_international)
values ('dvla', 'DVLA', 'letter', 100, true);
