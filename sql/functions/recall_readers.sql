-- recall_readers(conversation, seq): who is in the conversation and sees that entry. A helper of
-- outbox_rows; reads membership, past_membership, account.
-- (plpgsql, so that it costs the plan of outbox_rows nothing where there is no such row.)
create or replace function recall_readers(p_conversation int8, p_seq int8) returns int8[]
language plpgsql stable
as $$
begin
    return array(
        select m.user_id
          from membership m
          join account a on a.id = m.user_id and a.deleted_at is null
         where m.conversation_id = p_conversation and m.left_rev is null
           and exists (select from spans_of(m.user_id, p_conversation) s
                        where p_seq between s.first_seq and s.last_seq)
         order by 1);
end
$$;
