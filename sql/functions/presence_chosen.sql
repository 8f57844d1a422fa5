-- presence_chosen(users): what these people want others to see of them, and the number of the change
-- that this is as of, so that whoever hears of two knows the later one. Reads account.
create or replace function presence_chosen(p_users int8[])
returns table (user_id int8, presence text, me_rev int8)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.presence, a.me_rev from account a where a.id = any (p_users) and a.deleted_at is null
$$;
