-- Spreadsheets of recipients. Notify calls a batch a job.

-- A file as it was uploaded and checked; kept as a file, encrypted (`shared/batch/files.ts`). What Notify keeps as
-- metadata of an object.
create table job_uploads (
  -- The batch's too, once there is one.
  id uuid primary key,
  service_id uuid not null references services (id),
  original_file_name text not null check (length(original_file_name) <= 255),
  -- What it was checked against.
  template_id uuid not null references templates (id),
  template_version integer not null,
  -- Of text or email; null for the service's own choice, and for letters.
  sender_id uuid,
  -- Rows after the header.
  notification_count integer not null check (notification_count >= 0),
  valid boolean not null,
  -- How much is wrong with it (`shared/batch/check.ts`), without anything the file says.
  faults jsonb not null,
  created_at timestamptz not null
);

create index job_uploads_of_service on job_uploads (service_id, created_at);
-- For the removal of those that nothing came of.
create index job_uploads_by_age on job_uploads (created_at);

create table jobs (
  id uuid primary key,
  service_id uuid not null references services (id),
  original_file_name text not null check (length(original_file_name) <= 255),
  template_id uuid not null references templates (id),
  template_version integer not null,
  sender_id uuid,
  notification_count integer not null check (notification_count >= 0),
  job_status text not null default 'pending' check (job_status in (
    'pending', 'in progress', 'finished', 'finished all notifications created', 'sending limits exceeded',
    'scheduled', 'cancelled', 'error')),
  processing_started timestamptz,
  processing_finished timestamptz,
  scheduled_for timestamptz,
  created_by_id uuid references users (id),
  contact_list_id uuid,
  -- Its file is gone.
  archived boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz
);

create index jobs_of_service on jobs (service_id, created_at);
create index jobs_scheduled on jobs (scheduled_for) where job_status = 'scheduled';
-- Whose files may be old.
create index jobs_with_files on jobs (created_at) where not archived;
-- What is looked through every minute: those that are not done.
create index jobs_open on jobs (created_at) where job_status in ('pending', 'in progress', 'finished');
