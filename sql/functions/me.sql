-- me(user): one's own account; no row when it is unknown or was deleted. Reads account.
create or replace function me(p_me int8)
returns table (id int8, username text, name text, me_rev int8)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, a.me_rev from account a where a.id = p_me and a.deleted_at is null
$$;
