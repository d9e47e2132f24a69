"""Keys and tokens that say themselves what they are: what each service begins its own with, and
how long they are. From the services' own papers."""

_HEX, _ID = "[0-9a-f]", r"[A-Za-z0-9_\-]"
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

FORMATS = (
    # Models
    rf"sk-ant-{_ID}{{20,160}}",
    rf"sk-or-(?:v1-)?{_HEX}{{40,80}}",
    rf"sk-(?:proj|svcacct|admin|None|lf)-{_ID}{{20,220}}",
    r"sk-[A-Za-z0-9]{20,24}T3BlbkFJ[A-Za-z0-9]{20,24}",
    r"sk-[A-Za-z0-9]{32,64}",
    r"(?:hf_|api_org_)[A-Za-z0-9]{34,40}",
    r"(?:gsk_|pplx-|xai-|csk-)[A-Za-z0-9]{40,90}",
    r"r8_[A-Za-z0-9]{37,40}",
    rf"(?:nvapi-|tvly-|jina_|esecret_){_ID}{{24,90}}",
    r"gate_live_[A-Za-z0-9]{30,80}",  # this house's own
    # Clouds
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",
    r"ABSK[A-Za-z0-9+/]{109,269}={0,2}",
    rf"AIza{_ID}{{35}}",
    rf"GOCSPX-{_ID}{{28}}",
    rf"ya29\.{_ID}{{30,400}}",
    r"AccountKey=[A-Za-z0-9+/]{80,88}={0,2}",
    r"SharedAccessKey=[A-Za-z0-9+/]{40,44}={0,2}",
    r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.\-]{31,34}",
    rf"do[opr]_v1_{_HEX}{{64}}",
    r"LTAI[A-Za-z0-9]{12,24}",
    rf"HRKU-AA{_ID}{{58}}",
    rf"(?:fo1_{_ID}{{43}}|fm[12][ar]?_[A-Za-z0-9+/]{{100,700}}={{0,3}})",
    rf"v1\.0-{_HEX}{{24}}-{_HEX}{{146}}",
    rf"(?:AQVN|YC){_ID}{{35,38}}",
    rf"t1\.{_ID}{{1,200}}={{0,2}}\.{_ID}{{86}}={{0,2}}",
    rf"dapi{_HEX}{{32}}(?:-[0-9])?",
    r"pul-[a-f0-9]{40}",
    rf"(?:hvs|hvb|hvr)\.{_ID}{{24,300}}",
    rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_ID}{{60,70}}",
    rf"dp\.(?:pt|st|ct|sa|scim|audit)\.{_ID}{{2,60}}(?:\.{_ID}{{30,60}})?",
    r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.\-]{32,64}",
    rf"sbp_(?:oauth_)?{_HEX}{{40}}",
    rf"sha256~{_ID}{{43}}",
    rf"tk-us-{_ID}{{48}}",
    # Code and packages
    r"gh[pousr]_[A-Za-z0-9]{36,255}",
    r"github_pat_[A-Za-z0-9_]{36,255}",
    r"gl(?:pat|dt|ptt|rt|rtr|soat|cbt|ft|imt|oas|agent|ffct|wt|at)-[A-Za-z0-9_.\-]{20,320}",
    rf"GR1348941{_ID}{{20,50}}",
    r"npm_[A-Za-z0-9]{36}",
    rf"pypi-{_ID}{{50,250}}",
    rf"rubygems_{_HEX}{{48}}",
    r"CLOJARS_[A-Za-z0-9]{60}",
    r"oy2[a-z0-9]{43}",
    rf"dckr_(?:pat|oat)_{_ID}{{27,32}}",
    r"AKCp[A-Za-z0-9]{69}",
    r"cmVmdGtu[A-Za-z0-9]{56}",
    r"(?:ATATT3|ATCTT3|ATBB)[A-Za-z0-9_=\-]{24,250}",
    r"sq[pua]_[A-Za-z0-9_=\-]{40}",
    rf"sgp_(?:{_HEX}{{16}}_|local_)?{_HEX}{{40}}",
    rf"(?:sntrys_eyJ[A-Za-z0-9+/=_]{{60,500}}|sntryu_{_HEX}{{64}})",
    r"API-[A-Z0-9]{26}",
    rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}",
    r"rdme_[a-z0-9]{70}",
    r"pnu_[A-Za-z0-9]{36}",
    rf"(?:pat|sat)\.{_ID}{{22}}\.[0-9a-fA-F]{{24}}\.[A-Za-z0-9]{{20}}",
    r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
    r"ops_eyJ[A-Za-z0-9+/_\-]{200,900}={0,3}",
    r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    # Money
    r"(?:sk|rk)_(?:test|live|prod)_[A-Za-z0-9]{10,255}",
    r"whsec_[A-Za-z0-9+/=]{30,90}",
    rf"EAAA{_ID}{{60}}",
    rf"sq0(?:atp|csp|idp)-{_ID}{{22,43}}",
    rf"access_token\$(?:production|sandbox)\$[0-9a-z]{{16}}\${_HEX}{{32}}",
    rf"access-(?:sandbox|development|production)-{_UUID}",
    r"FLW(?:SEC|PUB)K_TEST-[a-zA-Z0-9]{32}-X|FLWSECK_TEST[a-zA-Z0-9]{12}",
    r"rzp_(?:live|test)_[A-Za-z0-9]{14}",
    r"shp(?:at|ca|pa|ss|rt)_[a-fA-F0-9]{32}",
    r"EZ[AT]K[A-Za-z0-9]{54}",
    rf"shippo_(?:live|test)_{_HEX}{{40}}",
    r"duffel_(?:test|live)_[A-Za-z0-9_=\-]{43}",
    rf"(?:live|test)_(?:pub_)?{_HEX}{{31,35}}",
    r"(?:live|sandbox)_[A-Za-z0-9_=\-]{40}",
    r"sm_(?:aat|pat|sat)_[A-Za-z0-9]{16}",
    # Words between people
    r"xox[abeoprs]-(?:[0-9]-)?[A-Za-z0-9\-]{10,260}",
    r"xoxe\.xox[bp]-[0-9]-[A-Za-z0-9]{100,200}",
    r"xapp-[0-9]-[A-Z0-9]{6,20}-[0-9]{6,20}-[a-z0-9]{20,100}",
    r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{38,64}",
    rf"discord(?:app)?\.com/api/webhooks/[0-9]{{16,20}}/{_ID}{{60,80}}",
    rf"webhook\.office\.com/webhookb2/{_UUID}@{_UUID}/IncomingWebhook/[0-9a-z]{{32}}/{_UUID}",
    rf"[MNO][A-Za-z0-9_\-]{{23,27}}\.{_ID}{{6}}\.{_ID}{{27,40}}",
    rf"[0-9]{{5,16}}:A{_ID}{{34}}",
    r"[0-9]{15,16}(?:\||%7C|%)[A-Za-z0-9_\-]{27,40}",
    r"EAA[A-Z][A-Za-z0-9]{80,300}",
    r"SG\.[A-Za-z0-9_.=\-]{16,32}\.[A-Za-z0-9_=\-]{16,64}|SG\.[A-Za-z0-9_.=\-]{66}",
    rf"xkeysib-{_HEX}{{64}}-[A-Za-z0-9]{{16}}",
    rf"(?:key|pubkey)-{_HEX}{{32}}",
    rf"{_HEX}{{32}}-{_HEX}{{8}}-{_HEX}{{8}}",
    rf"{_HEX}{{32}}-us[0-9]{{1,2}}",
    r"SK[0-9a-fA-F]{32}",
    # Work and watching
    r"(?:lin_api_|ntn_[0-9]{11})[A-Za-z0-9]{35,40}",
    r"secret_[A-Za-z0-9]{43}",
    rf"pat[A-Za-z0-9]{{14}}\.{_HEX}{{64}}",
    rf"pat-(?:na|eu)[0-9]-{_UUID}",
    r"glc_[A-Za-z0-9+/]{32,400}={0,3}",
    r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
    r"eyJrIjoi[A-Za-z0-9]{60,400}={0,3}",
    rf"(?:NRAK-[A-Z0-9]{{27}}|NRJS-{_HEX}{{19}}|NRII-{_ID}{{32}})",
    r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
    r"tfp_[A-Za-z0-9_.=\-]{59}",
    r"p8e-[a-z0-9]{32}",
    rf"s-s4t2(?:ud|af)-{_HEX}{{64}}",
    r"ico-[A-Za-z0-9]{32}",
    rf"dnkey-{_ID}{{26}}-{_ID}{{52}}",
    rf"CFPAT-{_ID}{{43}}",
    rf"fio-u-{_ID}{{64}}",
    rf"endr\+{_ID}{{16}}",
    r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
    r"[ps]k\.[A-Za-z0-9]{60}\.[A-Za-z0-9]{22}",
    r"4b1d[A-Za-z0-9]{38}",
)  # fmt: skip

# Names of services whose keys look like nothing, and are told by the name beside them.
_NAMES = """
    adafruit adobe airtable algolia alibaba anthropic artifactory asana atlassian auth0 authress
    aws azure beamer bitbucket bittrex blynk braintree buildkite circleci cisco clickhouse
    clojars cloudflare cloudinary codacy codeclimate codecov cohere coinbase confluence
    confluent contentful contribsys coveralls databricks datadog deepseek deezer digitalocean
    discord docker doppler droneci dropbox duffel dynatrace easypost elastic etsy facebook
    fastly figma finicity finnhub firebase flickr flutterwave foursquare freemius freshbooks gcp
    gemini gitea github gitlab gitter gocardless google grafana harness hashicorp heroku hubspot
    huggingface infracost instagram intercom jenkins jfrog jira kraken kucoin launchdarkly
    linear linkedin linode lob looker mailchimp mailgun mandrill mapbox mattermost maxmind
    meraki messagebird microsoft mistral monday mongodb netlify newrelic ngrok notion npm
    nytimes octopus okta openai openrouter openshift openweather pagerduty paypal pendo
    perplexity pinecone pipedrive plaid planetscale postman postmark privateai pulumi pusher
    rapidapi readme reddit rollbar rubygems salesforce scalingo segment sendbird sendgrid
    sendinblue sentry shippo shodan shopify sidekiq slack snowflake snyk sonar sonarqube
    sourcegraph spotify square squarespace strava stripe sumo sumologic supabase telegram
    terraform todoist travis trello twilio twitch twitter typeform unsplash vault vercel vonage
    vultr wakatime weatherapi yandex zapier zendesk zoom
"""
SERVICES = frozenset(_NAMES.split())
