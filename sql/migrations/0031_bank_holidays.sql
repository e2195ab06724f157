-- Bank holidays of England and Wales beyond those that the code knows by rule: what was proclaimed since.
create table bank_holidays (
  date date primary key,
  -- As GOV.UK names it; empty where nobody said.
  name text not null
);
