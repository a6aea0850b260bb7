#!lua flags=allow-oom
-- Nobody is called, or the call is to be forgotten: its id is free. The attempt stays counted.
-- KEYS dial:<ticket> dialled:<ticket>  ARGV ticket  -> ok
local R = redis.call
for _, key in ipairs(R('HMGET', KEYS[1], 'pair', 'id')) do
  if key and key ~= '' and R('GET', key) == ARGV[1] then R('DEL', key) end
end
R('DEL', KEYS[1], KEYS[2])
return {'ok'}
