-- lock_people(users): locks the accounts of all of these, in the order of their ids, until the end of the
-- transaction. A helper; comes after conversations and memberships.
create or replace function lock_people(p_users int8[]) returns void
language plpgsql
as $$
begin
    perform from account a where a.id = any (p_users) order by a.id for no key update;
end
$$;
