#!lua flags=allow-oom
-- KEYS tk:<sha256(ticket)> -> {'ok', call, node} | used | unknown. Written with SET … '<call> <node>' PX 60000
local v = redis.call('GET', KEYS[1]) if not v then return {'unknown'} end if v == '' then return {'used'} end
redis.call('SET', KEYS[1], '', 'KEEPTTL') local call, node = v:match('^(%S+) (%S+)$') return {'ok', call, node}
