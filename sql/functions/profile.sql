-- profile(user): what others see of one's own account; no row when it is unknown or was deleted. Reads account.
create or replace function profile(p_me int8)
returns table (id int8, username text, name text, status text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, a.status from account a where a.id = p_me and a.deleted_at is null
$$;
