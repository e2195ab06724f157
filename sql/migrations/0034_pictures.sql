-- Pictures of letters' pages, drawn by workers for the API, which waits for them. Files hold them
-- (`shared/letter/pictures.ts`); rows and files go after an hour, so nothing refers to other tables.
create table letter_pictures (
  -- Made from what they are of: who asks for the same gets the same.
  id uuid primary key,
  service_id uuid not null,
  -- A letter and which of its files, or what a preview of one says, encrypted.
  notification_id uuid,
  file text check (file in ('letter', 'original')),
  preview text,
  -- Whether what is wrong with the letter is drawn over it.
  with_faults boolean not null,
  -- From 1; some pages from there on.
  first_page integer not null,
  requested_at timestamptz not null,
  -- When they were drawn, or it was found that they cannot be.
  drawn_at timestamptz,
  -- Of the whole letter.
  pages integer,
  fault text,
  check ((notification_id is null) = (file is null)),
  check ((notification_id is null) = (preview is not null)),
  check (drawn_at is null or pages is not null or fault is not null)
);

create index letter_pictures_by_age on letter_pictures (requested_at);
