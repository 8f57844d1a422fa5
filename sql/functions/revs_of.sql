-- revs_of(users): for each of these users, the sum that a client compares with its own to learn
-- that it has missed something: over all its conversations and its own counter. A row for each
-- user that exists. Reads account, membership, conversation.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function revs_of(p_users int8[])
returns table (user_id int8, revs int8)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select a.id,
           ((revs_term(a.me_rev, 0) + coalesce((
               select sum(revs_term(c.rev, 2 * c.contact_id + (c.contact_type = 'group')::int))
                 from contact_rows(a.id) c), 0)) % 4294967296)::int8
      from account a where a.id = any (p_users);
end
$$;
