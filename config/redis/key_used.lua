#!lua
-- KEYS key:<id>  ARGV day (since 1970) -> ok | unknown. What was revoked meanwhile does not come back.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'unknown'} end
redis.call('HSET', KEYS[1], 'used', ARGV[1])
return {'ok'}
