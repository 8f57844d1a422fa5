-- friend_request_accept(request, remark, remark_key, list): makes friends of the two people of an open
-- request: closes it, makes their conversation with both in it unless an earlier friendship left it
-- behind, and tells both. Remark and list (null: the default one) are of the one who was asked.
-- Returns the outbox rows' ids. A helper of friend_request_ask and friend_request_answer, which have
-- locked both accounts: so no other transaction makes the same pair's conversation at this time.
drop function if exists friend_request_accept(int8);
create or replace function friend_request_accept(
    p_request int8, p_remark text, p_remark_key text, p_list int8)
returns int8[]
language plpgsql
as $$
declare
    v_from         int8;
    v_to           int8;
    v_conversation int8;
begin
    update friend_request r set state = 'accepted', answered_at = now() where r.id = p_request
    returning r.from_id, r.to_id into v_from, v_to;

    select c.id into v_conversation from conversation c
     where c.low_id = least(v_from, v_to) and c.high_id = greatest(v_from, v_to);
    if not found then
        insert into conversation as c (kind, low_id, high_id)
        values ('single', least(v_from, v_to), greatest(v_from, v_to))
        returning c.id into v_conversation;
        insert into membership (conversation_id, user_id, role, joined_rev)
        values (v_conversation, v_from, 'member', 0), (v_conversation, v_to, 'member', 0);
    end if;

    insert into friendship (user_id, friend_id, conversation_id, remark, remark_key, list_id)
    values (v_from, v_to, v_conversation, '', '', null),
           (v_to, v_from, v_conversation, p_remark, p_remark_key, p_list);
    return friend_request_event(p_request)
        || friend_event(v_from, v_to, '', null, false)
        || friend_event(v_to, v_from, p_remark, p_list, false);
end
$$;
