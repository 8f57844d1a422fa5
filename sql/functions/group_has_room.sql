-- group_has_room(conversation, group): whether one more may come in. A helper; under the conversation's
-- lock it stays so. Reads membership, chat_group.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function group_has_room(p_conversation int8, p_group int8) returns bool
language plpgsql stable
as $$
begin
    return (select count(*) from membership m where m.conversation_id = p_conversation and m.left_rev is null)
         < (select g.max_members from chat_group g where g.id = p_group);
end
$$;
