-- group_look(me, group): a group that I am in, with its members: owner, admins, members. shape: as
-- group_shape, and `members`; of one that I am not in, but may know of, the card. Problems: not-found:
-- unknown, or private and I am neither in it nor invited, or I am banned.
-- Reads membership, conversation, chat_group, account.
create or replace function group_look(p_me int8, p_group int8)
returns table (problem text, field text, shape text)
language plpgsql stable security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from standing_in(p_me, p_group);
    problem := group_refusal('see-group', v_mine.standing);
    if problem is null then
        shape := group_shape(p_me, p_group) || jsonb_build_object('members', group_members(v_mine.conversation_id));
    elsif may((select 'see-' || g.visibility from chat_group g where g.id = p_group), v_mine.standing) then
        problem := null;
        shape := group_card(p_group, p_me);
    end if;
    return next;
end
$$;
