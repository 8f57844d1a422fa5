-- outbox_leased(leased_until): whether a row of the outbox is to be left alone now. A lease that
-- ends in more than a minute is none: it was given before the clock was set back. A helper, inlined.
create or replace function outbox_leased(p_leased_until timestamptz) returns bool
language sql stable
as $$
    select coalesce(p_leased_until > now() and p_leased_until <= now() + interval '1 minute', false)
$$;
