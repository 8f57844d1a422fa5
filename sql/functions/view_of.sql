-- view_of(user, conversation): the user's own view of a conversation, as contacts and events show it.
-- It is hidden until a message comes, whoever wrote it and whether or not it was recalled since; notices
-- don't count. hidden_seq tells a reader who hears of both in either order which of them was first.
-- A helper, inlined. Reads membership, message.
create or replace function view_of(p_user int8, p_conversation int8)
returns table (hidden bool, view jsonb)
language sql stable
as $$
    select h.hidden, jsonb_build_object(
               'pinned', m.pinned, 'muted', m.muted, 'mentions', m.mentions,
               'hidden', h.hidden, 'hidden_seq', case when h.hidden then m.hidden_seq end,
               'marked_unread', m.marked_unread, 'cleared_seq', m.cleared_seq)
      from membership m
     cross join lateral (
           select m.hidden_seq is not null and not exists (
                      select from spans_of(p_user, p_conversation) s
                       cross join lateral (
                             select from message x
                              where x.conversation_id = p_conversation and x.seq > m.hidden_seq
                                and x.seq >= s.first_seq and x.seq <= s.last_seq and x.kind <> 'notice'
                             limit 1) x) as hidden) h
     where m.conversation_id = p_conversation and m.user_id = p_user
$$;
