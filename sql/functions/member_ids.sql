-- member_ids(conversation): who is in it. A helper of send_messages.
-- (plpgsql, so that it costs the plan there nothing where there is no group.)
create or replace function member_ids(p_conversation int8) returns int8[]
language plpgsql stable
as $$
begin
    return array(select m.user_id from membership m where m.conversation_id = p_conversation and m.left_rev is null);
end
$$;
