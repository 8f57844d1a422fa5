-- view_of(membership, avatar, mentioned): its user's own view of the conversation, as contacts and events
-- show it; of contacts it has the picture as well. (Built at once, and as json: to put
-- another member into it, or to sort them, is dear.)
-- It is hidden until a message comes, whoever wrote it and whether or not it was recalled since; notices
-- don't count. hidden_seq tells a reader who hears of both in either order which of them was first.
-- A helper, inlined. Reads message, membership, past_membership.
drop function if exists view_of(int8, int8);
select admit_column('view_of(membership, uuid, int8)', 'view', 'json');
create or replace function view_of(p_mine membership, p_avatar uuid default null, p_mentioned int8 default null)
returns table (hidden bool, view json)
language sql stable
as $$
    select h.hidden, json_build_object(
               'pinned', p_mine.pinned, 'muted', p_mine.muted, 'mentions', p_mine.mentions,
               'hidden', h.hidden, 'hidden_seq', case when h.hidden then p_mine.hidden_seq end,
               'marked_unread', p_mine.marked_unread, 'cleared_seq', p_mine.cleared_seq, 'avatar', p_avatar,
               'mentioned', p_mentioned)
      from (select p_mine.hidden_seq is not null and not exists (
                       select from spans_of(p_mine.user_id, p_mine.conversation_id) s
                        cross join lateral (
                              select from message x
                               where x.conversation_id = p_mine.conversation_id and x.seq > p_mine.hidden_seq
                                 and x.seq >= s.first_seq and x.seq <= s.last_seq and x.kind <> 'notice'
                              limit 1) x) as hidden) h
$$;
