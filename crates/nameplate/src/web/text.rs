//! The words of the console, in each language that it speaks. A word that lacks in one does not compile.
//!
//! What the API says (reasons, refusals, names) is shown as it is said.

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $zh:literal;)*) => {
        /// The words of one language.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the English text beside each is what it means")]
        pub struct Text {
            $($(#[$doc])* pub $name: &'static str,)*
        }

        /// English.
        pub static ENGLISH: Text = Text { $($name: $en,)* };
        /// Simplified Chinese.
        pub static CHINESE: Text = Text { $($name: $zh,)* };
    };
}

/// All languages.
pub static ALL: &[&Text] = &[&ENGLISH, &CHINESE];

/// The language of this tag, or English.
pub fn of(tag: &str) -> &'static Text {
    match tag.starts_with("zh") {
        true => &CHINESE,
        false => &ENGLISH,
    }
}

/// The first language of `Accept-Language` that there is, or English.
pub fn wished(accepted: &str) -> &'static Text {
    let mut tags = accepted
        .split(',')
        .map(|tag| tag.trim().to_ascii_lowercase());
    let found = tags.find(|tag| tag.starts_with("zh") || tag.starts_with("en"));
    of(&found.unwrap_or_default())
}

texts! {
    lang: "en", "zh";
    other_lang: "zh", "en";
    other_language: "中文", "English";
    skip: "Skip to content", "跳到正文";
    sections: "Sections", "栏目";
    log_in: "Log in", "登录";
    log_out: "Log out", "退出";
    login_lead: "With an access key of this server. nameplate env prints the first one.", "使用本服务器的访问密钥。第一个密钥由 nameplate env 显示。";
    access_key: "Access key id", "访问密钥 ID";
    secret: "Secret access key", "秘密访问密钥";
    session_token: "Session token", "会话令牌";
    session_token_hint: "Only for temporary credentials.", "仅临时凭证需要。";
    login_wrong: "The access key or its secret is wrong, or no longer valid.", "访问密钥或秘密不正确，或已失效。";
    login_slowed: "Too many attempts have failed. Wait a minute.", "失败次数过多，请稍候一分钟。";
    times_are_utc: "Times are UTC.", "时间均为 UTC。";
    not_allowed: "Not allowed", "没有权限";
    not_found: "Not found", "未找到";
    went_wrong: "Something went wrong here", "服务器出错";
    refused_title: "Refused", "已拒绝";
    no_such_page: "There is no such page.", "没有这个页面。";
    foreign_form: "The form did not come from a page of this log-in. Go back, reload the page, and send it again.", "表单不是由本次登录的页面发出的。请返回、刷新页面后重新提交。";
    connections: "First connections", "首次连接";
    connections_lead: "What devices met when they came. New ones appear by themselves.", "设备连接时的结果。新记录会自动出现。";
    no_connections: "Nothing has connected yet.", "还没有连接记录。";
    time: "Time", "时间";
    outcome: "Outcome", "结果";
    device: "Device", "设备";
    reason: "Reason", "原因";
    address: "Address", "地址";
    newest: "Newest", "最新";
    older: "Older", "更早";
    show: "Show", "显示";
    show_first: "First connections and refusals", "首次连接与拒绝";
    show_refused: "Refusals", "仅拒绝";
    show_all: "All connections", "全部连接";
    of_device: "Of", "对象";
    of_device_hint: "Certificate id or its beginning, serial number, client id, thing or address", "证书 ID（或其开头）、序列号、客户端 ID、事物或地址";
    filter: "Filter", "筛选";
    refused: "Refused", "被拒绝";
    refused_later: "Refused while connected", "连接后被拒绝";
    provisioned: "Provisioned", "已预置";
    connected: "Connected", "已连接";
    registered: "Registered", "已注册";
    vended: "Certificate issued", "已发证书";
    waits_for_approval: "Waits for approval", "等待批准";
    certificate_given: "Certificate given", "已给证书";
    ended: "Ended", "已结束";
    record_gone: "This record is no longer kept. Only the newest are.", "该记录已不再保留，只保留最新的记录。";
    what_to_do: "What to do:", "处理办法：";
    steps: "Steps", "步骤";
    passed: "passed", "通过";
    failed: "failed", "失败";
    facts: "Details", "详情";
    plan: "What was provisioned", "预置内容";
    plan_steps: "Steps", "步骤";
    client_id: "Client id", "客户端 ID";
    certificate: "Certificate", "证书";
    serial: "Serial number", "序列号";
    subject: "Subject", "主题";
    issuer: "Issuer", "签发者";
    template: "Template", "模板";
    flow: "Flow", "流程";
    listener: "Listener", "监听器";
    server_name: "Server name", "服务器名称";
    began: "Began", "开始";
    times: "Times", "次数";
    first_time: "First time", "首次";
    name: "Name", "名称";
    things: "Things", "事物";
    thing: "Thing", "事物";
    thing_type: "Type", "类型";
    thing_name_hint: "A whole name; its beginning, where fleet indexing is on.", "完整名称；开启队列索引后可只输入开头。";
    not_indexed: "Only whole names can be found", "只能按完整名称查找";
    attributes: "Attributes", "属性";
    groups: "Groups", "组";
    shadow: "Shadow", "影子";
    version: "Version", "版本";
    no_things: "There are no things here.", "没有事物。";
    find: "Find", "查找";
    first_page: "First page", "首页";
    next_page: "Next page", "下一页";
    its_connections: "Its connections", "它的连接记录";
    remove: "Remove", "删除";
    remove_lead: "With all that it owns: this is what would be removed, in this order.", "连同其拥有的一切：将按以下顺序删除。";
    remove_all: "Remove all of it", "全部删除";
    certificates: "Certificates", "证书";
    status: "Status", "状态";
    expires: "Valid until", "有效期至";
    valid_from: "Valid from", "有效期自";
    expired: "expired", "已过期";
    days: "days left", "天后到期";
    registered_at: "Registered", "注册时间";
    no_certificates: "There are no certificates here.", "没有证书。";
    order: "Order", "排序";
    newest_first: "Newest first", "最新注册";
    by_expiry: "Soonest to expire first", "最早到期";
    mode: "Mode", "模式";
    authority: "CA", "CA";
    authorities: "CAs", "CA";
    activate: "Activate", "激活";
    deactivate: "Deactivate", "停用";
    revoke: "Revoke", "吊销";
    policies: "Policies", "策略";
    policy: "Policy", "策略";
    attach: "Attach", "附加";
    detach: "Detach", "分离";
    no_policy: "No policy is attached", "没有附加策略";
    no_policy_lead: "A device with this certificate may do nothing, and is refused.", "持此证书的设备没有任何权限，连接会被拒绝。";
    no_policies: "There are no policies yet.", "还没有策略。";
    new_policy: "New policy", "新建策略";
    document: "Document", "文档";
    create: "Create", "创建";
    edit: "Edit", "编辑";
    edited_meanwhile: "Somebody else has saved in the meantime", "其他人已先保存";
    edited_meanwhile_lead: "Nothing was saved now. What is in force is below; your own text is still in the form. Save again to put yours on top.", "本次未保存。下面是当前生效的内容，您的文本仍在表单中。再次保存将以您的为准。";
    policy_edit_lead: "Saving makes a new version and puts it in force at once, for connections that are open too.", "保存会创建新版本并立即生效，对已打开的连接同样有效。";
    save: "Save", "保存";
    save_version: "Save as the version in force", "保存为生效版本";
    in_force: "In force", "生效";
    created_at: "Created", "创建时间";
    changed_at: "Changed", "修改时间";
    versions: "Versions", "版本";
    affected: "Certificates and groups that an edit would reach", "编辑将影响的证书和组";
    affected_lead: "An edit takes effect for them at once.", "编辑对它们立即生效。";
    pasted: "Pasted", "粘贴的";
    template_wrong: "This template is not right", "模板有误";
    template_right: "This template can be read", "模板可以解析";
    template_warnings: "This template can be read, but", "模板可以解析，但请注意";
    last_time: "Last time", "上次";
    with_this: "With this template", "使用此模板";
    change: "Change", "变化";
    would_get_in: "would get in", "将可接入";
    would_be_refused: "would be refused", "将被拒绝";
    would_differ: "would differ", "将有不同";
    no_change: "none", "无";
    simulated: "What this template would do", "此模板的效果";
    simulate: "Simulate", "模拟";
    try_recorded: "Try it on devices that have connected lately", "用最近连接过的设备试验";
    try_pasted: "Try it on these certificates", "用这些证书试验";
    try_pasted_hint: "PEM, one after another", "PEM 格式，可连续粘贴多个";
    template_body: "Template", "模板";
    templates: "Templates", "模板";
    templates_lead: "What a device's first connection creates.", "设备首次连接时创建的内容。";
    no_templates: "There are no templates yet.", "还没有模板。";
    new_template: "New template", "新建模板";
    kind: "Kind", "类型";
    kind_jitp: "JITP: by the CA that signed the device", "JITP:按签发设备的 CA";
    kind_fleet: "Fleet provisioning by claim", "按声明的队列预置";
    enabled: "Enabled", "启用";
    disabled: "Disabled", "停用";
    description: "Description", "说明";
    role: "Role ARN", "角色 ARN";
    role_hint: "The role that provisioning assumes", "预置时代入的角色";
    make_role: "Without one, make the role NameplateProvisioning", "留空时创建角色 NameplateProvisioning";
    delete_oldest: "Delete the oldest version", "删除最旧版本";
    no_authorities: "No CA is registered yet.", "还没有注册 CA。";
    register_authority: "Register a CA", "注册 CA";
    register_lead: "Devices whose certificates it signed are provisioned by its template when they first connect.", "由它签发证书的设备首次连接时将按其模板预置。";
    register: "Register", "注册";
    registration_code: "Registration code", "注册码";
    authority_pem: "CA certificate, PEM", "CA 证书（PEM）";
    mode_hint: "DEFAULT needs a verification certificate", "DEFAULT 模式需要验证证书";
    mode_sni: "SNI_ONLY", "SNI_ONLY";
    mode_default: "DEFAULT", "DEFAULT";
    verification: "Verification certificate, PEM", "验证证书（PEM）";
    verification_hint: "Signed by the CA, its common name the registration code; for DEFAULT mode", "由该 CA 签发，公用名为注册码；DEFAULT 模式需要";
    no_template: "None: devices are registered and announced, not provisioned.", "无：设备仅注册并通知，不会预置。";
    edit_template: "Edit its template", "编辑模板";
    registers_devices: "Registers new devices", "注册新设备";
    start_registering: "Register new devices", "开始注册新设备";
    stop_registering: "Stop registering new devices", "停止注册新设备";
    its_certificates: "Certificates it signed", "它签发的证书";
    fix_template: "Mend the template", "修改模板";
    fix_authority: "Look at the CA", "查看 CA";
    to_certificate: "Look at the certificate", "查看证书";
    vending: "Vending", "证书自动发放";
    overview: "Overview", "概览";
    overview_lead: "Minute by minute, for an hour, since the server started.", "服务器启动以来最近一小时，按分钟统计。";
    connections_by_minute: "Connections by outcome, each minute", "每分钟的连接结果";
    messages_by_minute: "Messages, each minute", "每分钟的消息数";
    latency_by_minute: "The slowest connection of each minute, milliseconds from the first byte to CONNACK", "每分钟最慢的连接，首字节到 CONNACK 的毫秒数";
    expiry_by_week: "Certificates that end, by week", "按周统计的到期证书";
    ending: "end", "到期";
    received: "received", "接收";
    sent: "sent", "发送";
    slowest: "slowest", "最慢";
    figures: "As a table", "以表格显示";
    nothing_yet: "Nothing yet.", "暂无数据。";
    connected_now: "Connected now", "当前连接";
    nobody_connected: "Nobody is connected.", "当前没有连接。";
    since: "Since", "自";
    keep_alive: "Keep alive, seconds", "保活（秒）";
    clean_session: "Clean session", "清除会话";
    subscriptions: "Subscriptions", "订阅";
    disconnect: "Disconnect", "断开连接";
    bulk: "Bulk", "批量注册";
    bulk_lead: "Registration tasks. nameplate bulk FILE starts one.", "批量注册任务，可用 nameplate bulk FILE 启动。";
    no_tasks: "There are no tasks.", "没有任务。";
    task: "Task", "任务";
    progress: "Progress", "进度";
    succeeded: "Succeeded", "成功";
    failed_lines: "Failed lines", "失败的行";
    line: "Line", "行";
    the_first: "the first of them", "仅前若干行";
    pending: "Waiting for approval", "等待批准";
    none_pending: "No device waits for approval.", "没有等待批准的设备。";
    results: "Results", "结果";
    message: "Message", "消息";
    input: "Input", "输入";
    stop: "Stop", "停止";
    look_again: "Look again", "刷新";
    vending_lead: "Devices that shipped without a certificate, by batch. nameplate vending makes batches and imports devices.", "出厂时没有证书的设备，按批次。可用 nameplate vending 创建批次并导入设备。";
    no_batches: "There are no batches.", "没有批次。";
    batch: "Batch", "批次";
    proof: "Proof", "凭据";
    approval: "Needs approval", "需要批准";
    devices: "Devices", "设备";
    no_devices: "There are no devices here.", "没有设备。";
    vended_at: "Issued", "发放时间";
    parameters: "Parameters", "参数";
    decide: "Decide", "决定";
    approve: "Approve", "批准";
    release: "Release", "放行";
    block: "Block", "封锁";
    functions: "Functions", "函数";
    no_functions: "There are no functions.", "没有函数。";
    runtime: "Runtime", "运行时";
    handler: "Handler", "处理程序";
    log: "Log", "日志";
    printed: "Printed", "输出";
    nothing_printed: "Nothing was printed yet.", "还没有输出。";
    rules: "Rules", "规则";
    no_rules: "There are no rules.", "没有规则。";
    topic: "Topic", "主题";
    matched: "Matched", "匹配";
    dropped: "Dropped", "丢弃";
    failures: "Failures", "失败";
    no_failures: "Nothing has failed.", "没有失败。";
    actions: "Actions", "动作";
    enable: "Enable", "启用";
    disable: "Disable", "停用";
    said_disconnected: "Disconnected.", "已断开。";
    said_created: "Created.", "已创建。";
    said_registered: "Registered.", "已注册。";
    said_saved: "Saved, and in force.", "已保存并生效。";
    said_changed: "Changed.", "已更改。";
    said_attached: "Attached.", "已附加。";
    said_detached: "Detached.", "已分离。";
    said_removed: "Removed.", "已删除。";
}

impl Text {
    /// What is said after something was done, by its word in an address.
    pub fn said(&self, word: &str) -> Option<&'static str> {
        Some(match word {
            "created" => self.said_created,
            "registered" => self.said_registered,
            "saved" => self.said_saved,
            "changed" => self.said_changed,
            "attached" => self.said_attached,
            "detached" => self.said_detached,
            "removed" => self.said_removed,
            "disconnected" => self.said_disconnected,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_spoken() {
        for (accepted, expected) in [
            ("", "en"),
            ("de", "en"),
            ("de-DE,de;q=0.9,zh-CN;q=0.8,en;q=0.7", "zh"),
            ("en-GB,zh;q=0.5", "en"),
            ("ZH-tw", "zh"),
            ("\"><script>", "en"),
        ] {
            assert_eq!(wished(accepted).lang, expected, "{accepted}");
        }
    }
}
