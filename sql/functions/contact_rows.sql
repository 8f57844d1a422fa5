-- contact_rows(user): the conversations that the user is or was in, as the user names them.
-- rev is the number up to which the user may know it: the conversation's, or that at which a
-- group was left. Whoever compares `revs` and whoever resyncs asks here, so they agree.
-- mine: the membership as it is. A helper, inlined. Reads membership, conversation.
select admit_column('contact_rows(int8)', 'mine');
create or replace function contact_rows(p_user int8)
returns table (conversation_id int8, contact_type text, contact_id int8, rev int8, read_seq int8,
               joined_rev int8, left_rev int8, mine membership)
language sql stable
as $$
    select m.conversation_id, c.kind,
           case c.kind when 'group' then c.group_id else c.low_id + c.high_id - m.user_id end,
           coalesce(m.left_rev, c.rev), m.read_seq, m.joined_rev, m.left_rev, m
      from membership m
      join conversation c on c.id = m.conversation_id
     where m.user_id = p_user
$$;
