-- What a person must look at: one open alert a subject, told once and closed when it is cured.
create table alerts (
  id uuid primary key,
  -- What it is about, for the program: `letters-still-sending`, `print-run:2026-11-21`.
  subject text not null check (length(subject) between 1 and 200),
  -- `page`: wake somebody. `ticket`: within the day.
  severity text not null check (severity in ('page', 'ticket')),
  -- For people; neither title nor facts hold anything personal.
  title text not null,
  -- As written: people read them in their order.
  facts json not null,
  opened_at timestamptz not null,
  -- Found again while it was open: how often, and when last.
  times integer not null default 1,
  last_seen_at timestamptz not null,
  resolved_at timestamptz,
  -- While a worker tells people, no other does.
  telling_until timestamptz,
  -- Who was told, and when: another attempt tells the others alone.
  logged_at timestamptz,
  posted_at timestamptz,
  ticketed_at timestamptz,
  -- That it was over.
  end_posted_at timestamptz
);

create unique index alerts_open on alerts (subject) where resolved_at is null;
create index alerts_opened_at on alerts (opened_at);
create index alerts_resolved_at on alerts (resolved_at) where resolved_at is not null;
