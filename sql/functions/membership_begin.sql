-- membership_begin(conversation, user, role, joined_rev, history_from): the user is in the conversation
-- from the entry joined_rev on, and sees it from history_from on (null: from there, too). Where the user
-- was in it before, that time is kept. What was said before one came counts as read.
-- A helper; the caller has locked the conversation, and knows that the user is not in it. Writes
-- membership, past_membership.
create or replace function membership_begin(
    p_conversation int8, p_user int8, p_role text, p_joined_rev int8, p_history_from int8)
returns void
language sql
as $$
    -- Who saw all of it keeps that, in one piece with the times before it.
    delete from past_membership p using membership m
     where m.conversation_id = p_conversation and m.user_id = p_user
       and p.conversation_id = m.conversation_id and p.user_id = m.user_id
       and p.joined_rev >= m.history_from;
    insert into past_membership (conversation_id, user_id, joined_rev, left_rev)
    select m.conversation_id, m.user_id, coalesce(m.history_from, m.joined_rev), m.left_rev
      from membership m where m.conversation_id = p_conversation and m.user_id = p_user;
    insert into membership as m (conversation_id, user_id, role, joined_rev, history_from, read_seq)
    values (p_conversation, p_user, p_role, p_joined_rev, p_history_from,
            case when p_history_from is null then 0 else p_joined_rev end)
    on conflict (conversation_id, user_id) do update
        set role = excluded.role, joined_rev = excluded.joined_rev, left_rev = null,
            history_from = excluded.history_from, group_name = null, read_seq = greatest(m.read_seq, excluded.read_seq);
$$;
