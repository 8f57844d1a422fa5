-- lock_accounts(a, b): locks both accounts' rows, in the order of their ids, until the end of
-- the transaction: whatever concerns a friendship of two happens one after the other. A helper.
create or replace function lock_accounts(p_a int8, p_b int8) returns void
language plpgsql
as $$
begin
    perform from account a where a.id in (p_a, p_b) order by a.id for no key update;
end
$$;
