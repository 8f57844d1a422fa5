-- password_of(me): the hash of my password, to compare with; no row when the account is gone.
-- Reads account.
create or replace function password_of(p_me int8) returns table (password_hash text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.password_hash from account a where a.id = p_me and a.deleted_at is null
$$;
