-- account_password(username): what a login needs to check a password; no row for an unknown
-- name (the worker then hashes all the same). Reads account.
create or replace function account_password(p_username text)
returns table (user_id int8, name text, password_hash text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.name, a.password_hash from account a where a.username = p_username
$$;
