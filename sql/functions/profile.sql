-- profile(user): what others see of one's own account; no row when it is unknown or was deleted. Reads account.
select admit_column('profile(int8)', 'avatar');
create or replace function profile(p_me int8)
returns table (id int8, username text, name text, status text, avatar uuid)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, a.status, a.avatar_id from account a where a.id = p_me and a.deleted_at is null
$$;
