-- group_join_way(me, group): how I may come into a public group: at once, or by asking; or why not. problem:
-- not-found: unknown, private, or I am banned; already-member; group-full: where it would be at once.
-- A helper. Reads chat_group.
create or replace function group_join_way(p_me int8, p_group int8)
returns table (problem text, conversation_id int8, at_once bool)
language plpgsql stable
as $$
#variable_conflict use_column
declare
    v_mine  record;
    v_group chat_group;
begin
    select * into v_mine from standing_in(p_me, p_group);
    select * into v_group from chat_group g where g.id = p_group;
    conversation_id := v_mine.conversation_id;
    at_once := v_group.joining = 'open' or v_mine.standing = 'invited';
    problem := case when v_mine.role is not null then 'already-member'
                    when v_group.visibility is distinct from 'public' or not may('join-public', v_mine.standing)
                    then 'not-found'
                    when at_once and not group_has_room(conversation_id, p_group) then 'group-full' end;
    return next;
end
$$;
