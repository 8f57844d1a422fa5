-- friendship_end(a, b): ends the friendship of these two and tells both. Returns the outbox rows' ids,
-- a's first; null where there was none. A helper; both are locked by lock_pair already, so that nothing
-- is committed in their conversation once this is. Writes friendship.
create or replace function friendship_end(p_a int8, p_b int8) returns int8[]
language plpgsql
as $$
declare
    v_a friendship;
    v_b friendship;
begin
    delete from friendship f where f.user_id = p_a and f.friend_id = p_b returning f.* into v_a;
    delete from friendship f where f.user_id = p_b and f.friend_id = p_a returning f.* into v_b;
    if v_a.user_id is null then
        return null;
    end if;
    return array[friend_event(p_a, p_b, v_a.remark, v_a.list_id, true),
                 friend_event(p_b, p_a, v_b.remark, v_b.list_id, true)];
end
$$;
