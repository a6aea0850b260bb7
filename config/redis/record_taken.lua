#!lua flags=allow-oom
-- KEYS again:<node> again:<node>:calls  ARGV id call id call... -> how many went
-- What a node was sent again and has taken goes. A newer record of the call, which has come meanwhile, stays.
local R = redis.call
local went = 0
for i = 1, #ARGV, 2 do
  went = went + R('XDEL', KEYS[1], ARGV[i])
  local waits = R('HGET', KEYS[2], ARGV[i + 1])
  if waits and waits:match('(%S+)$') == ARGV[i] then R('HDEL', KEYS[2], ARGV[i + 1]) end
end
return went
