-- met_in(membership, other): was the other in this conversation at a time of which its user sees something, or saw it
-- before clearing it? Who came after one had left, or had gone before one came, is a stranger. Of the other's earlier times the
-- history that was opened then counts as well: when that one came isn't kept. The same look-ups whoever it is. A helper, inlined. Reads
-- membership, past_membership.
create or replace function met_in(p_mine membership, p_other int8) returns bool
language sql stable
as $$
    select exists (
        select from (select coalesce(p_mine.history_from, p_mine.joined_rev) as first_seq, p_mine.left_rev as last_seq
                      union all
                     select p.joined_rev, p.left_rev from past_membership p
                      where p.conversation_id = p_mine.conversation_id and p.user_id = p_mine.user_id) s
         cross join lateral (
               select from (select o.joined_rev, o.left_rev from membership o
                             where o.conversation_id = p_mine.conversation_id and o.user_id = p_other
                             union all
                            select o.joined_rev, o.left_rev from past_membership o
                             where o.conversation_id = p_mine.conversation_id and o.user_id = p_other) o
                where o.joined_rev <= coalesce(s.last_seq, o.joined_rev) and coalesce(o.left_rev, s.first_seq) >= s.first_seq
               offset 0) o)
$$;
