-- unread_of(user, conversation, read_seq): how many text messages of others after read_seq the
-- user may see. A helper. Reads message.
create or replace function unread_of(p_user int8, p_conversation int8, p_read_seq int8)
returns table (unread int8)
language sql stable
as $$
    select count(*)
      from spans_of(p_user, p_conversation) s
     cross join lateral (
           select from message m
            where m.conversation_id = p_conversation
              and m.seq > p_read_seq and m.seq >= s.first_seq and m.seq <= s.last_seq
              and m.kind = 'text' and m.from_id <> p_user
           offset 0) m
$$;
