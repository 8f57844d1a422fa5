-- contact_row(user, contact_type, contact_id): that one of contact_rows(user); no row when the
-- user never was in that conversation, or there is none. mine: the membership as it is. A helper. Reads conversation, membership.
select admit_column('contact_row(int8, text, int8)', 'mine');
create or replace function contact_row(p_user int8, p_contact_type text, p_contact_id int8)
returns table (conversation_id int8, rev int8, read_seq int8, joined_rev int8, left_rev int8,
               mine membership)
language sql stable
as $$
    select m.conversation_id, coalesce(m.left_rev, c.rev), m.read_seq, m.joined_rev, m.left_rev, m
      from conversation c
      join membership m on m.conversation_id = c.id and m.user_id = p_user
     where p_contact_type = 'single'
       and c.low_id = least(p_user, p_contact_id) and c.high_id = greatest(p_user, p_contact_id)
    union all
    select m.conversation_id, coalesce(m.left_rev, c.rev), m.read_seq, m.joined_rev, m.left_rev, m
      from conversation c
      join membership m on m.conversation_id = c.id and m.user_id = p_user
     where p_contact_type = 'group' and c.group_id = p_contact_id
$$;
