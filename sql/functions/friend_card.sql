-- friend_card(friend, remark, list): a friend as events show one to somebody who has given that remark
-- and put the friend into that list (null: the default one, which is 0 outside). A helper; reads account.
create or replace function friend_card(p_friend int8, p_remark text, p_list int8) returns jsonb
language sql stable
as $$
    select jsonb_build_object('id', a.id, 'username', a.username, 'name', a.name, 'status', a.status, 'avatar', a.avatar_id,
        'remark', p_remark, 'list_id', coalesce(p_list, 0))
      from account a where a.id = p_friend
$$;
