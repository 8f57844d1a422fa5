-- conversation_event(user, contact_type, contact_id, conversation): tells the user's own tabs how the
-- user views that conversation now. Returns the outbox row's id. A helper; locks the user's account.
create or replace function conversation_event(
    p_user int8, p_contact_type text, p_contact_id int8, p_conversation int8) returns int8
language sql
as $$
    select user_event(p_user, 'conversation', v.view::jsonb - 'avatar' || jsonb_build_object(
               'contact_type', p_contact_type, 'contact_id', p_contact_id, 'unread', u.unread))
      from membership m
     cross join lateral unread_of(m, m.read_seq) u
     cross join lateral view_of(m, null, u.mentioned) v
     where m.conversation_id = p_conversation and m.user_id = p_user
$$;
