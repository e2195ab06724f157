-- What templates of letters have beyond others: a sender's block, postage, and a Welsh half.

-- The blocks of text that say who a letter comes from; they may hold placeholders.
create table service_letter_contacts (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null references services (id),
  contact_block text not null,
  is_default boolean not null default true,
  archived boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  check (not (is_default and archived))
);

create index service_letter_contacts_service on service_letter_contacts (service_id);
create unique index service_letter_contacts_default on service_letter_contacts (service_id) where is_default;

alter table templates
  -- Null: nobody is named.
  add service_letter_contact_id uuid,
  add letter_languages text check (letter_languages in ('english', 'welsh_then_english')),
  add letter_welsh_subject text,
  add letter_welsh_content text;

alter table templates_history
  add service_letter_contact_id uuid,
  add letter_languages text,
  add letter_welsh_subject text,
  add letter_welsh_content text;

update templates set letter_languages = 'english', postage = coalesce(postage, 'second')
where template_type = 'letter';
update templates_history set letter_languages = 'english', postage = coalesce(postage, 'second')
where template_type = 'letter';
-- Nothing kept either from being set before.
update templates set postage = null where template_type <> 'letter' and postage is not null;
update templates_history set postage = null where template_type <> 'letter' and postage is not null;

-- Held against every write from now on; what is there fits since the lines above.
alter table templates
  add constraint templates_letter_contact foreign key (service_letter_contact_id)
    references service_letter_contacts (id) not valid,
  add constraint templates_letters check (
    (template_type = 'letter') = (letter_languages is not null)
    and (template_type = 'letter') = (postage is not null)
    and (template_type = 'letter' or service_letter_contact_id is null)) not valid,
  add constraint templates_welsh check (
    (letter_languages is not null and letter_languages = 'welsh_then_english') = (letter_welsh_subject is not null)
    and (letter_welsh_subject is null) = (letter_welsh_content is null)) not valid;

create or replace function record_template_version() returns trigger language plpgsql as $$
begin
  insert into templates_history (id, version, service_id, name, template_type, content, subject, archived, hidden,
    postage, has_unsubscribe_link, created_by_id, created_at, updated_at, service_letter_contact_id,
    letter_languages, letter_welsh_subject, letter_welsh_content)
  values (new.id, new.version, new.service_id, new.name, new.template_type, new.content, new.subject, new.archived,
    new.hidden, new.postage, new.has_unsubscribe_link, new.created_by_id, new.created_at, new.updated_at,
    new.service_letter_contact_id, new.letter_languages, new.letter_welsh_subject, new.letter_welsh_content);
  return null;
end
$$;
