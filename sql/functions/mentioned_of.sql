-- mentioned_of(user, conversation, read_seq): how many of those that unread_of counts mention the user.
-- A helper. Reads message, by message_mentions.
create or replace function mentioned_of(p_user int8, p_conversation int8, p_read_seq int8)
returns table (mentioned int8)
language sql stable
as $$
    select count(*)
      from spans_of(p_user, p_conversation) s
     cross join lateral (
           select from message m
            where m.conversation_id = p_conversation
              and m.seq > p_read_seq and m.seq >= s.first_seq and m.seq <= s.last_seq
              and m.mentions is not null and m.mentions && array[p_user, 0]
              and m.kind = 'text' and m.from_id <> p_user
           offset 0) m
$$;
