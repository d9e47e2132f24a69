"""Ways to write an address that leads to this machine, to a machine's own services, or to two
places at once. `{port}` stands for the port of a listener that must not be reached."""

_SPELLINGS = """
http://127.0.0.1:{port}/ http://127.0.0.1:{port} HTTP://127.0.0.1:{port}/v1 http://127.1:{port}/
http://127.0.1:{port}/ http://127.255.255.254:{port}/ http://0:{port}/ http://0.0.0.0:{port}/
http://00:{port}/ http://0x0:{port}/ http://0.0:{port}/ http://2130706433:{port}/
http://02130706433:{port}/ http://4425673729:{port}/ http://0x7f000001:{port}/
http://0X7F000001:{port}/ http://0x7f.1:{port}/ http://0x7f.0x0.0x0.0x1:{port}/
http://0177.0.0.1:{port}/ http://0177.0.0.01:{port}/ http://017700000001:{port}/
http://00000177.0.0.1:{port}/ http://127.0.0.1.:{port}/ http://127.0.0.01:{port}/
http://127.0.0.0x1:{port}/ http://127.0.0.1..:{port}/ http://[::1]:{port}/
http://[0:0:0:0:0:0:0:1]:{port}/ http://[::0001]:{port}/ http://[::]:{port}/
http://[0:0:0:0:0:0:0:0]:{port}/ http://[::ffff:127.0.0.1]:{port}/ http://[::ffff:7f00:1]:{port}/
http://[::FFFF:7F00:0001]:{port}/ http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/
http://[::127.0.0.1]:{port}/ http://[::7f00:1]:{port}/ http://[64:ff9b::127.0.0.1]:{port}/
http://[64:ff9b::7f00:1]:{port}/ http://[64:ff9b:1::7f00:1]:{port}/ http://[2002:7f00:1::]:{port}/
http://[2002:7f00:0001::1]:{port}/ http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/
http://[::1%25lo]:{port}/ http://[::1%lo]:{port}/ http://[fe80::1%25lo]:{port}/
http://[fe80::1]:{port}/ http://[::ffff:a9fe:a9fe]:{port}/ http://[::ffff:169.254.169.254]:{port}/
http://169.254.169.254:{port}/ http://2852039166:{port}/ http://0xa9fea9fe:{port}/
http://0251.0376.0251.0376:{port}/ http://[fd00:ec2::254]:{port}/ http://100.100.100.200:{port}/
http://168.63.129.16:{port}/ http://192.0.0.192:{port}/ http://localhost:{port}/
http://LOCALHOST:{port}/ http://localhost.:{port}/ http://localhost.localdomain:{port}/
http://ip6-localhost:{port}/ http://anything.localhost:{port}/
http://metadata.google.internal:{port}/ http://metadata:{port}/
http://127.0.0.1.example.com:{port}/ http://rebind.example.com:{port}/
http://user@127.0.0.1:{port}/ http://user:word@127.0.0.1:{port}/ http://@127.0.0.1:{port}/
http://api.openai.com@127.0.0.1:{port}/ http://api.openai.com:80@127.0.0.1:{port}/
http://api.openai.com\\@127.0.0.1:{port}/ http://127.0.0.1:{port}\\@api.openai.com/
http://api.openai.com%40127.0.0.1:{port}/ http://api.openai.com#@127.0.0.1:{port}/
http://127.0.0.1:{port}#@api.openai.com/ http://127.0.0.1:{port}?@api.openai.com/
http://127%2e0%2e0%2e1:{port}/ http://127.0.0.1%2e:{port}/ http://%31%32%37.0.0.1:{port}/
http://127.0.0.1%00.example.com:{port}/ http://127.0.0.1%09:{port}/ http://local%68ost:{port}/
http://127。0。0。1:{port}/ http://127.0.0.1:{port}/ http://127。0。0。1:{port}/
http://\uff11\uff12\uff17.0.0.1:{port}/ http://\uff4c\uff4f\uff43\uff41lhost:{port}/
http://①②⑦.⓪.⓪.①:{port}/ http://127.0.0.1:{port}/ http://localhost:{port}/
http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/ http://loc\u00adalhost:{port}/ http:127.0.0.1:{port}/
http:/127.0.0.1:{port}/ http:///127.0.0.1:{port}/ //127.0.0.1:{port}/ http:\\\\127.0.0.1:{port}/
http://[127.0.0.1]:{port}/ http://[::1:{port}/ http://::1:{port}/ 127.0.0.1:{port}/
localhost:{port}/ ftp://127.0.0.1:{port}/ file:///etc/passwd gopher://127.0.0.1:{port}/ unix:demo
unix:///run/house.sock javascript:1 data:,1 http:// https:/// http://127.0.0.1:-{port}/
http://127.0.0.1:0{port}/ http://127.0.0.1:99999/ http://127.0.0.1:0/ http://-127.0.0.1:{port}/
http://.127.0.0.1:{port}/ http://127..0.0.1:{port}/ http://:{port}/
"""
SPELLINGS = _SPELLINGS.split()
