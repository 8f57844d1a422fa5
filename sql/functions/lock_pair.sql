-- lock_pair(a, b): locks the conversation of these two, where there is one, and then their accounts, until
-- the end of the transaction: in the order of everybody else. A send holds the conversation from the
-- moment that it asks who may until it is committed, so nothing is committed there meanwhile. One that
-- was made in between is locked out of that order, so without waiting: false where another transaction
-- has it, and all is to be tried again. A helper.
create or replace function lock_pair(p_a int8, p_b int8) returns bool
language plpgsql
as $$
begin
    perform from conversation c
     where c.low_id = least(p_a, p_b) and c.high_id = greatest(p_a, p_b) for no key update;
    if found then
        perform lock_accounts(p_a, p_b);
        return true;
    end if;
    perform lock_accounts(p_a, p_b);
    perform from conversation c
     where c.low_id = least(p_a, p_b) and c.high_id = greatest(p_a, p_b) for no key update skip locked;
    return found or not exists (
        select from conversation c where c.low_id = least(p_a, p_b) and c.high_id = greatest(p_a, p_b));
end
$$;
