-- revs_term(rev, key): one conversation's part of `revs`, where key is 2 * contact_id, plus 1
-- for a group: imul(imul(rev + 1, 1640531527) ^ key, 2135587861), unsigned, of 32 bits. Cut to
-- 32 bits before each multiplication, it stays within a bigint. A helper, inlined.
create or replace function revs_term(p_rev int8, p_key int8) returns int8
language sql immutable parallel safe
as $$
    select (((((p_rev + 1) & 4294967295) * 1640531527 # p_key) & 4294967295) * 2135587861) & 4294967295
$$;
